package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.chaos.Fault.Aftermath;
import dev.matriarch.chaos.Situation.Part;
import dev.matriarch.chaos.faults.NodeFault;
import dev.matriarch.chaos.faults.PodDeleted;
import dev.matriarch.chaos.faults.PostmasterKilled;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequirementsTest {

    private static final List<Fault> TAKE_THE_PRIMARY = List.of(
            new PodDeleted(Part.PRIMARY, true),
            new PodDeleted(Part.PRIMARY, false),
            new PostmasterKilled("KILL"),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.STOPPED),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.FROZEN),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.CUT));

    @Test
    void anOperatorThatReplacesNobodyIsSeen() {
        assertThat(TAKE_THE_PRIMARY).allSatisfy(fault -> assertThat(fault.mustHold(new Aftermath(0, 8_000, false)))
                .containsExactly("nobody else leads, and the primary was lost"));
    }

    @Test
    void oneThatReplacesTwiceIsSeen() {
        assertThat(TAKE_THE_PRIMARY).allSatisfy(fault -> assertThat(fault.mustHold(new Aftermath(2, 2_000, false)))
                .containsExactly("the epoch rose by 2, by 1 at most was right"));
    }

    @Test
    void writesThatHangAreSeen() {
        assertThat(TAKE_THE_PRIMARY).allSatisfy(fault -> assertThat(fault.mustHold(new Aftermath(1, 31_000, false)))
                .hasSize(1)
                .allSatisfy(words -> assertThat(words).startsWith("no write for 31000 ms")));
    }

    @Test
    void oneFailoverIsWellAndNoneWhereTheOperatorWasHitToo() {
        assertThat(TAKE_THE_PRIMARY).allSatisfy(fault -> assertThat(fault.mustHold(new Aftermath(1, 7_000, false)))
                .isEmpty());
        assertThat(new NodeFault(Part.PRIMARY, NodeFault.Kind.CUT).mustHold(new Aftermath(0, 12_000, true)))
                .isEmpty();
    }
}
