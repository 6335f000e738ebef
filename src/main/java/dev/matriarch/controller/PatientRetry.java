package dev.matriarch.controller;

import io.javaoperatorsdk.operator.processing.retry.GenericRetry;

/** A database is never given up: retries have no end, and a pause of at most ten seconds. */
public class PatientRetry extends GenericRetry {

    private static final long FIRST_MILLIS = 200;
    private static final long MOST_MILLIS = 10_000;

    public PatientRetry() {
        setInitialInterval(FIRST_MILLIS);
        setIntervalMultiplier(2);
        setMaxInterval(MOST_MILLIS);
        setMaxAttempts(Integer.MAX_VALUE);
    }
}
