package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.status.EventReason;
import dev.matriarch.status.Events;
import dev.matriarch.status.Operators;
import dev.matriarch.status.RecordConflictException;
import dev.matriarch.status.Report;
import dev.matriarch.status.StatusBuilder;
import dev.matriarch.status.StatusEvents;
import dev.matriarch.status.StatusWriter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Writes what was seen into the status, and tells in Events what changed for people. */
@ApplicationScoped
public class Reporter {

    private static final Logger LOG = Logger.getLogger(Reporter.class);

    private final StatusWriter writer;
    private final Operators operators;
    private final Events events;
    private final StatusEvents statusEvents = new StatusEvents();

    Reporter(StatusWriter writer, Operators operators, Events events) {
        this.writer = writer;
        this.operators = operators;
        this.events = events;
    }

    /** Reports. */
    public void report(PgCluster cluster, Report report, Instant now) {
        operators.other(cluster).ifPresent(message -> events.tell(cluster, EventReason.SecondOperator, message));
        PgClusterStatus before = cluster.getStatus();
        PgClusterStatus after = StatusBuilder.build(cluster, report, now);
        try {
            if (writer.report(cluster, after)) {
                statusEvents
                        .of(cluster, report, before, after, now)
                        .forEach(each -> events.tell(cluster, each.reason(), each.message()));
            }
        } catch (RecordConflictException e) {
            LOG.debugf("%s: %s", report.name(), e.getMessage()); // looked at again at once, the write has woken us
        }
    }
}
