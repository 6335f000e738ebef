package dev.matriarch.postgres;

import static com.ongres.scram.common.ScramFunctions.clientKey;
import static com.ongres.scram.common.ScramFunctions.saltedPassword;
import static com.ongres.scram.common.ScramFunctions.serverKey;
import static com.ongres.scram.common.ScramFunctions.storedKey;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SCRAM-SHA-256 verifiers (RFC 5803), as PostgreSQL stores them. A password is compared and changed through its verifier, so that it is never part
 * of a statement that could be logged.
 */
final class Scram {

    private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;
    private static final int ITERATIONS = 4096;
    private static final int SALT_BYTES = 16;
    private static final Pattern VERIFIER =
            Pattern.compile("SCRAM-SHA-256\\$([0-9]+):([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)");

    private Scram() {}

    /** A new verifier of a password, which is not empty. */
    static String verifier(String password) {
        byte[] salt = ScramFunctions.salt(SALT_BYTES, new SecureRandom());
        byte[] salted = salted(password, salt, ITERATIONS);
        Base64.Encoder base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$" + ITERATIONS + ":" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(storedKey(MECHANISM, clientKey(MECHANISM, salted))) + ":"
                + base64.encodeToString(serverKey(MECHANISM, salted));
    }

    /** Whether a stored verifier is that of a password; false for other kinds of verifiers, and for no password. */
    static boolean matches(String verifier, String password) {
        Matcher parts = VERIFIER.matcher(verifier == null ? "" : verifier);
        if (!parts.matches() || password.isEmpty()) {
            return false;
        }
        byte[] salt = Base64.getDecoder().decode(parts.group(2));
        byte[] salted = salted(password, salt, Integer.parseInt(parts.group(1)));
        return MessageDigest.isEqual(
                storedKey(MECHANISM, clientKey(MECHANISM, salted)),
                Base64.getDecoder().decode(parts.group(3)));
    }

    /** The password is normalised as PostgreSQL does it, else one with letters beyond ASCII might not open. */
    private static byte[] salted(String password, byte[] salt, int iterations) {
        return saltedPassword(
                MECHANISM, StringPreparation.POSTGRESQL_PREPARATION, password.toCharArray(), salt, iterations);
    }
}
