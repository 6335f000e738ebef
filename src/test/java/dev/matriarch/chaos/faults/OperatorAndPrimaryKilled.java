package dev.matriarch.chaos.faults;

import dev.matriarch.chaos.Fault;
import dev.matriarch.chaos.Injury;
import dev.matriarch.chaos.Requirements;
import dev.matriarch.chaos.Situation;
import java.util.List;

/** The primary's postmaster dies while there is no operator. */
public final class OperatorAndPrimaryKilled implements Fault {

    @Override
    public String name() {
        return "operator-and-primary-killed";
    }

    @Override
    public Injury inject(Situation situation) throws Exception {
        Injury operators = OperatorKilled.kill(true);
        Injury postmaster = new PostmasterKilled("KILL").inject(situation);
        return Injury.once(
                operators.what() + " and " + postmaster.what(),
                () -> postmaster.over().call() && operators.over().call());
    }

    /** It comes back by itself, while no operator leads. */
    @Override
    public List<String> mustHold(Aftermath aftermath) {
        return Requirements.atMostOneFailover(aftermath);
    }
}
