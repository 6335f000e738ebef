package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import java.sql.SQLException;
import java.time.Duration;

/** Somebody promotes a standby behind the operator's back. One of the two is fenced and made anew. */
public final class PromotedByHand implements Fault {

    @Override
    public String name() {
        return "standby-promoted-by-hand";
    }

    @Override
    public Injury inject(Situation situation) throws SQLException {
        int standby = situation.standby();
        situation.cluster().instance(standby).execute("select pg_promote()");
        return Injury.once(
                situation.name(standby),
                () -> situation.primary() == standby
                        || situation
                                .cluster()
                                .instance(standby)
                                .value("select pg_is_in_recovery()")
                                .equals("t"));
    }

    @Override
    public Duration writesWithin() {
        return Requirements.STUTTER;
    }
}
