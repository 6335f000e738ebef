package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The backend of a client is killed, as the kernel does it when memory is out. PostgreSQL then ends as a whole. */
public final class BackendKilled implements Fault {

    @Override
    public String name() {
        return "primary-backend-kill";
    }

    @Override
    public Injury inject(Situation situation) throws SQLException {
        int primary = situation.primary();
        Injury injury = Injury.once(situation.name(primary), situation.anotherPostmaster(primary));
        String backend = situation
                .cluster()
                .instance(primary)
                .value("select pid from pg_stat_activity where application_name = 'chaos' order by pid limit 1");
        situation.shell(primary, "kill -KILL " + backend);
        return injury;
    }

    /** PostgreSQL takes a moment to end, and its primary may be back before that is noticed. */
    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.atMostOneFailover(aftermath);
    }

    @Override
    public Duration writesWithin() {
        return Requirements.REPLACED;
    }
}
