package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The primary's postmaster gets a signal: KILL leaves no trace, QUIT is an immediate shutdown that nobody ordered. */
public record PostmasterKilled(String signal) implements Fault {

    @Override
    public String name() {
        return "primary-postmaster-" + signal.toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public Injury inject(Situation situation) throws SQLException {
        int primary = situation.primary();
        Injury injury = Injury.once(situation.name(primary), situation.anotherPostmaster(primary));
        situation.shell(primary, "kill -" + signal + " $(head -n 1 $PGDATA/postmaster.pid)");
        return injury;
    }

    /** The supervisor starts it again after a second, behind the gate: others have begun to replace it by then. */
    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.anotherLeads(aftermath);
    }

    @Override
    public Duration writesWithin() {
        return Requirements.REPLACED;
    }
}
