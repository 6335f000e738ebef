import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * As much of an API server as the operator needs to start: every list is empty, every watch is silent, over a WebSocket as a real one has it. It prints nothing, writes its
 * port to the file that is its argument, and ends when it is killed. It answers without a delay (of TCP, or of a refusal): what is measured is the operator.
 */
class ApiServer {

    private static final String LIST = "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}";
    private static final String VERSION = "{\"major\":\"1\",\"minor\":\"34\",\"gitVersion\":\"v1.34.0\"}";

    /** Of RFC 6455: shows that the other side knows WebSockets. */
    private static final String WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static final int CLOSE = 8;

    public static void main(String[] args) throws IOException {
        ServerSocket server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        Path file = Path.of(args[0]);
        Path written = file.resolveSibling("port.new");
        Files.writeString(written, Integer.toString(server.getLocalPort()));
        Files.move(written, file);
        while (true) {
            Socket connection = server.accept();
            new Thread(() -> serve(connection)).start();
        }
    }

    private static void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
            OutputStream out = connection.getOutputStream();
            for (List<String> head = head(in); !head.isEmpty(); head = head(in)) {
                Map<String, String> headers = new TreeMap<>();
                head.stream().skip(1).map(line -> line.split(": *", 2))
                        .forEach(parts -> headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]));
                in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
                answer(head.get(0), headers, in, out);
            }
        } catch (IOException e) {
            // The operator has gone.
        }
    }

    /** The request's line and its headers; empty at the end. */
    private static List<String> head(DataInputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                if (line.isEmpty()) {
                    return lines;
                }
                lines.add(line.toString());
                line.setLength(0);
            } else if (next != '\r') {
                line.append((char) next);
            }
        }
        return List.of();
    }

    private static void answer(String request, Map<String, String> headers, DataInputStream in, OutputStream out) throws IOException {
        String path = request.split(" ")[1];
        if (headers.containsKey("sec-websocket-key")) {
            send(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + accept(headers.get("sec-websocket-key")) + "\r\n\r\n");
            listen(in);
        } else if (path.contains("watch=true")) {
            send(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        } else {
            String body = path.equals("/version") ? VERSION : LIST;
            send(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        }
    }

    private static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + WEBSOCKET).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until the operator closes the WebSocket; what else it may send means nothing here. */
    private static void listen(DataInputStream in) throws IOException {
        while ((in.readByte() & 0xf) != CLOSE) {
            long length = in.readByte() & 0x7f;
            length = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
            in.skipNBytes(length + 4);
        }
        throw new IOException("closed");
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
