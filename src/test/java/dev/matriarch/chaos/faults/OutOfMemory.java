package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** A query of the primary takes more memory than its container may have, and the kernel kills who asked. PostgreSQL then ends as a whole. */
public final class OutOfMemory implements Fault {

    /** The largest value that PostgreSQL makes: with what the instance holds already that is more than the gibibyte of the stage's Pods. */
    private static final String QUERY = "select length(repeat('x', 1073741000))";

    /** A SQLSTATE of this class says that PostgreSQL itself was refused the memory, and lives. */
    private static final String INSUFFICIENT_RESOURCES = "53";

    @Override
    public String name() {
        return "primary-out-of-memory";
    }

    @Override
    public Injury inject(Situation situation) throws SQLException {
        int primary = situation.primary();
        Injury injury = Injury.once(situation.name(primary), situation.anotherPostmaster(primary));
        try {
            situation.cluster().instance(primary).value(QUERY);
        } catch (SQLException e) {
            if (e.getSQLState() != null && !e.getSQLState().startsWith(INSUFFICIENT_RESOURCES)) {
                return injury;
            }
            throw e;
        }
        throw new IllegalStateException(
                "the kernel gave a query of " + injury.what() + " a gibibyte; is its limit in force?");
    }

    /** As with any backend that is killed: its primary may be back before that is noticed. */
    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.atMostOneFailover(aftermath);
    }

    @Override
    public Duration writesWithin() {
        return Requirements.REPLACED;
    }
}
