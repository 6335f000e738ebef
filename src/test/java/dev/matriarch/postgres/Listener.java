package dev.matriarch.postgres;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Counts sessions. Speaks as much of PostgreSQL's protocol as a driver needs to log in without a password and to ask: what a statement answers, as its only row of one column,
 * is up to the test; an empty text is no row.
 */
final class Listener implements AutoCloseable {

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Function<String, String> answers;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger begun = new AtomicInteger();

    Listener(Function<String, String> answers) throws IOException {
        this.answers = answers;
        start("listener", () -> {
            while (true) {
                Socket session = socket.accept();
                open.add(session);
                begun.incrementAndGet();
                start("session", () -> serve(session));
            }
        });
    }

    /** The server that it is. */
    Server server(String id, String password) {
        return new Server(id, socket.getInetAddress().getHostAddress(), socket.getLocalPort(), password);
    }

    /** Sessions that there are. */
    int open() {
        return open.size();
    }

    /** Sessions that there ever were. */
    int begun() {
        return begun.get();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket each : open) {
            each.close();
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // its socket was closed
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket session) throws IOException {
        try (session;
                DataInputStream in = new DataInputStream(session.getInputStream());
                DataOutputStream out = new DataOutputStream(session.getOutputStream())) {
            logIn(in, out);
            String answer = "";
            while (true) {
                char type = (char) in.readByte();
                byte[] said = in.readNBytes(in.readInt() - 4);
                switch (type) {
                    case 'P' -> {
                        answer = answers.apply(statement(said));
                        send(out, '1');
                    }
                    case 'B' -> send(out, '2');
                    case 'D' -> describe(out, said[0] == 'S');
                    case 'E' -> {
                        if (!answer.isEmpty()) {
                            byte[] text = answer.getBytes(StandardCharsets.UTF_8);
                            out.writeByte('D');
                            out.writeInt(4 + 2 + 4 + text.length);
                            out.writeShort(1);
                            out.writeInt(text.length);
                            out.write(text);
                        }
                        send(out, 'C', "SELECT 1\0");
                    }
                    case 'Q' -> {
                        send(out, 'C', "SET\0");
                        send(out, 'Z', "I");
                    }
                    case 'C' -> send(out, '3');
                    case 'S' -> send(out, 'Z', "I");
                    default -> {
                        return;
                    }
                }
                out.flush();
            }
        } finally {
            open.remove(session);
        }
    }

    private static void logIn(DataInputStream in, DataOutputStream out) throws IOException {
        int length = in.readInt();
        if (length == 8) { // whether there is TLS: no
            in.readInt();
            out.writeByte('N');
            length = in.readInt();
        }
        in.readNBytes(length - 4);
        send(out, 'R', "\0\0\0\0");
        send(out, 'S', "server_version\00017.6\0");
        send(out, 'S', "client_encoding\0UTF8\0");
        send(out, 'S', "DateStyle\0ISO, MDY\0");
        send(out, 'S', "standard_conforming_strings\0on\0");
        send(out, 'S', "integer_datetimes\0on\0");
        send(out, 'Z', "I");
        out.flush();
    }

    private static String statement(byte[] parse) {
        String words = new String(parse, StandardCharsets.UTF_8);
        int begin = words.indexOf('\0') + 1;
        return words.substring(begin, words.indexOf('\0', begin));
    }

    /** A column of type text, whatever was asked. */
    private static void describe(DataOutputStream out, boolean statement) throws IOException {
        if (statement) {
            send(out, 't', "\0\0");
        }
        send(out, 'T', "\0\1answer\0\0\0\0\0\0\0\0\0\0\31\377\377\377\377\377\377\0\0");
    }

    private static void send(DataOutputStream out, char type, String... words) throws IOException {
        byte[] body = String.join("", words).getBytes(StandardCharsets.ISO_8859_1);
        out.writeByte(type);
        out.writeInt(4 + body.length);
        out.write(body);
    }
}
