package dev.matriarch.e2e.support;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What is done to the requests that come through an {@link ApiServerProxy}. */
public interface Treatment {

    /** All go through. */
    Treatment NONE = request -> Verdict.THROUGH;

    /** What is done to a request when it comes. */
    Verdict of(HttpHead request);

    /** Whether it waits now, and what is on its way to it; asked again whenever the treatment changes. */
    default boolean holds(HttpHead request) {
        return false;
    }

    /**
     * What is done to a request.
     *
     * @param status what it is answered with instead of being handed on; 0: it is handed on; -1: neither, ever
     * @param header of that answer, besides the usual ones; empty, or with the end of its line
     * @param body of that answer, JSON
     * @param answerLost whether it is done, and its connection cut instead of an answer
     * @param delay how long the answer waits
     */
    record Verdict(int status, String header, String body, boolean answerLost, Duration delay) {

        public static final Verdict THROUGH = new Verdict(0, "", "", false, Duration.ZERO);

        /** It is refused, with a Status as the API server writes it. */
        static Verdict refused(int status, String header) {
            return new Verdict(
                    status,
                    header,
                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                            + "\"message\":\"the test says so\",\"code\":" + status + "}",
                    false,
                    Duration.ZERO);
        }

        /** It is answered with this instead of what the API server has. */
        public static Verdict answered(String json) {
            return new Verdict(200, "", json, false, Duration.ZERO);
        }

        /** It is lost, and the connection stays. */
        static Verdict unanswered() {
            return new Verdict(-1, "", "", false, Duration.ZERO);
        }

        /** It is done, and nobody hears of it. */
        static Verdict doneUnheard() {
            return new Verdict(0, "", "", true, Duration.ZERO);
        }

        /** It is answered late. */
        static Verdict late(Duration delay) {
            return new Verdict(0, "", "", false, delay);
        }

        /** The bytes of the answer of one that is not handed on. */
        byte[] answer() {
            return ("HTTP/1.1 " + status + " By the test\r\n" + header
                            + "Content-Type: application/json\r\nContent-Length: " + body.length()
                            + "\r\nConnection: close\r\n\r\n" + body)
                    .getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}
