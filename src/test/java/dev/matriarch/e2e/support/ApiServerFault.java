package dev.matriarch.e2e.support;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** The ways in which an API server fails its clients. */
public enum ApiServerFault implements Treatment {

    /** Every other write is refused, as if somebody else had been faster. */
    CONFLICT(HttpHead::isWrite, Verdict.refused(409, "")),

    /** Every other request is one too many. */
    TOO_MANY_REQUESTS(each -> true, Verdict.refused(429, "Retry-After: 1\r\n")),

    /** Every other request fails. */
    INTERNAL_ERROR(each -> true, Verdict.refused(500, "")),

    /** Every other write is done, and its connection ends without an answer. */
    ANSWER_LOST(HttpHead::isWrite, Verdict.doneUnheard()),

    /** Every answer comes a second late. */
    SLOW(each -> true, Verdict.late(Duration.ofSeconds(1))) {
        @Override
        public Verdict of(HttpHead request) {
            return Verdict.late(Duration.ofSeconds(1));
        }
    },

    /** Watches end again and again; the test cuts them. */
    WATCHES_BROKEN(each -> false, Verdict.THROUGH),

    /** Watches are open and say nothing: what is known by them is of before. */
    WATCHES_SILENT(each -> false, Verdict.THROUGH) {
        @Override
        public boolean holds(HttpHead request) {
            return request.isWatch();
        }
    },

    /** It takes connections and requests, and answers nothing. When that ends, it does all that it was asked meanwhile. */
    SILENT(each -> false, Verdict.THROUGH) {
        @Override
        public boolean holds(HttpHead request) {
            return true;
        }
    },

    /** It takes connections and requests, and answers none of them, not even when it is well again. */
    DEAF(each -> true, Verdict.unanswered()) {
        @Override
        public Verdict of(HttpHead request) {
            return Verdict.unanswered();
        }
    };

    private final Predicate<HttpHead> whom;
    private final Verdict verdict;
    private final AtomicLong met = new AtomicLong();

    ApiServerFault(Predicate<HttpHead> whom, Verdict verdict) {
        this.whom = whom;
        this.verdict = verdict;
    }

    @Override
    public Verdict of(HttpHead request) {
        return whom.test(request) && met.incrementAndGet() % 2 == 0 ? verdict : Verdict.THROUGH;
    }
}
