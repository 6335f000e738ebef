package dev.matriarch.objects;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** How values are written in Secrets and URIs, and texts told apart. */
public final class Encoding {

    private Encoding() {}

    static Map<String, String> base64(Map<String, String> data) {
        Map<String, String> encoded = new TreeMap<>();
        data.forEach((key, value) ->
                encoded.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return encoded;
    }

    /** The text of a Secret's value; empty when there is none. */
    public static String text(Map<String, String> data, String key) {
        String value = data == null ? null : data.get(key);
        return value == null ? "" : new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
    }

    /** Whether a text can be a password: the supervisor takes the first line of it, and others all. */
    public static boolean isPassword(String text) {
        return !text.isEmpty() && !hasLineBreak(text);
    }

    public static boolean hasLineBreak(String text) {
        return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
    }

    /** Percent-encoding, with nothing left that means something in a URI. */
    static String uri(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A short digest, by which two texts are told apart. */
    public static String digest(String text) {
        return sha256(text).substring(0, 16);
    }

    /** The digest of a text in UTF-8, in hexadecimal. */
    static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A field of a passfile. */
    static String pgpass(String text) {
        return text.replace("\\", "\\\\").replace(":", "\\:");
    }
}
