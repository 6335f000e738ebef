package dev.matriarch.controller;

import dev.matriarch.api.PgCluster;
import dev.matriarch.api.PgClusterStatus;
import dev.matriarch.api.StatusCondition;
import dev.matriarch.decide.Waiting;
import dev.matriarch.status.EventReason;
import dev.matriarch.status.Events;
import dev.matriarch.status.RecordConflictException;
import dev.matriarch.status.Report;
import dev.matriarch.status.StatusBuilder;
import dev.matriarch.status.StatusWriter;
import dev.matriarch.status.Told;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Writes what was seen into the status, and tells in Events what changed for people. */
@ApplicationScoped
public class Reporter {

    private static final Logger LOG = Logger.getLogger(Reporter.class);

    private final StatusWriter writer;
    private final Events events;
    private final Told told = new Told();

    Reporter(StatusWriter writer, Events events) {
        this.writer = writer;
        this.events = events;
    }

    /** Reports. */
    public void report(PgCluster cluster, Report report, Instant now) {
        PgClusterStatus before = cluster.getStatus();
        PgClusterStatus after = StatusBuilder.build(cluster, report, now);
        try {
            if (writer.report(cluster, after)) {
                tell(cluster, report, before, after, now);
            }
        } catch (RecordConflictException e) {
            LOG.debugf("%s: %s", report.name(), e.getMessage()); // looked at again at once, the write has woken us
        }
    }

    private void tell(PgCluster cluster, Report report, PgClusterStatus before, PgClusterStatus after, Instant now) {
        Optional<StatusCondition> readyBefore = condition(before, "Ready");
        StatusCondition ready = condition(after, "Ready").orElseThrow();
        if (ready.isTrue() && readyBefore.filter(StatusCondition::isTrue).isEmpty()) {
            events.tell(cluster, EventReason.Ready, ready.message());
        } else if (!ready.isTrue()
                && readyBefore.filter(StatusCondition::isTrue).isPresent()) {
            events.tell(cluster, EventReason.NotReady, ready.message());
        }
        StatusCondition accepted = condition(after, "Accepted").orElseThrow();
        boolean refused = accepted.status().equals("False"); // not only not looked at
        if (refused && !sameMessage(condition(before, "Accepted"), accepted)) {
            events.tell(cluster, EventReason.Refused, accepted.message());
        }
        if (after.phase() == PgClusterStatus.Phase.Failed || after.phase() == PgClusterStatus.Phase.Degraded) {
            StatusCondition progressing = condition(after, "Progressing").orElseThrow();
            String said = condition(before, "Progressing")
                    .map(StatusCondition::message)
                    .orElse("");
            // What keeps failing in two ways by turns is told once of each.
            troubles(report, progressing).stream()
                    .filter(each -> !said.contains(each)
                            && told.isNews(cluster.getMetadata().getUid() + each, now))
                    .forEach(each -> events.tell(cluster, EventReason.Trouble, each));
        }
    }

    /** What does not pass by itself, each alone; when there is no such thing, all that is waited for. */
    private static List<String> troubles(Report report, StatusCondition progressing) {
        List<String> all = report.waitings().stream()
                .filter(each -> each.reason().isTrouble())
                .map(Waiting::message)
                .distinct()
                .toList();
        return all.isEmpty() ? List.of(progressing.message()) : all;
    }

    private static boolean sameMessage(Optional<StatusCondition> before, StatusCondition after) {
        return before.filter(each -> each.message().equals(after.message())).isPresent();
    }

    private static Optional<StatusCondition> condition(PgClusterStatus status, String type) {
        return status == null || status.conditions() == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(each -> each.type().equals(type))
                        .findFirst();
    }
}
