package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import dev.matriarch.e2e.support.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A standby is cut off for so long that its slot is lost, and the WAL that it needs next is removed. It is copied afresh. */
public final class StandbyLeftBehind implements Fault {

    private static final String NEXT_SEGMENT = "select pg_logical_emit_message(false, 'chaos', ''), pg_switch_wal()";

    @Override
    public String name() {
        return "standby-left-behind";
    }

    @Override
    public Injury inject(Situation situation) throws SQLException {
        int standby = situation.standby();
        String node = situation.node(standby);
        Database primary = situation.cluster().instance(situation.primary());
        String slot = situation.name(standby).replace('-', '_');
        Injury injury = Injury.lasting(node, Set.of(node), situation.seconds(4, 6), () -> {
            try { // before it is copied: the copy would have it too
                primary.execute("alter system reset wal_keep_size", "select pg_reload_conf()");
            } finally {
                situation.machine(node, "join");
            }
        });
        situation.machine(node, "cut");
        primary.execute(
                "alter system set wal_keep_size = 0",
                "select pg_reload_conf()",
                "set synchronous_commit = local",
                "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots where slot_name = '" + slot
                        + "' and active",
                "select pg_drop_replication_slot('" + slot + "')",
                NEXT_SEGMENT,
                NEXT_SEGMENT,
                NEXT_SEGMENT,
                "checkpoint", // the second one knows the setting in any case
                "checkpoint");
        return injury;
    }

    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.noFailover(aftermath);
    }

    @Override
    public Duration writesWithin() {
        return Requirements.STUTTER;
    }
}
