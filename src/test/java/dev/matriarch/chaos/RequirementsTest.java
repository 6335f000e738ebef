package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.chaos.Fault.Aftermath;
import dev.matriarch.chaos.Situation.Part;
import dev.matriarch.chaos.faults.BackendKilled;
import dev.matriarch.chaos.faults.NodeFault;
import dev.matriarch.chaos.faults.OperatorKilled;
import dev.matriarch.chaos.faults.OutOfMemory;
import dev.matriarch.chaos.faults.PodDeleted;
import dev.matriarch.chaos.faults.PostmasterKilled;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RequirementsTest {

    private static final List<Fault> TAKE_THE_PRIMARY = List.of(
            new PodDeleted(Part.PRIMARY, true),
            new PodDeleted(Part.PRIMARY, false),
            new PostmasterKilled("KILL"),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.STOPPED),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.FROZEN),
            new NodeFault(Part.PRIMARY, NodeFault.Kind.CUT));

    /** These may come back before they are missed. */
    private static final List<Fault> INTERRUPT_IT = List.of(new BackendKilled(), new OutOfMemory());

    @Test
    void anOperatorThatReplacesNobodyIsSeen() {
        assertThat(TAKE_THE_PRIMARY).allSatisfy(fault -> assertThat(complaints(fault, 0, 8_000))
                .containsExactly("nobody else leads, and the primary was lost"));
    }

    @Test
    void oneThatReplacesTwiceIsSeen() {
        assertThat(TAKE_THE_PRIMARY).allSatisfy(fault -> assertThat(complaints(fault, 2, 2_000))
                .containsExactly("the epoch rose by 2, by 1 at most was right"));
    }

    /** Where it is to take seconds, half a minute is too long. */
    @Test
    void writesThatAreBackTooLateAreSeen() {
        assertThat(Stream.concat(TAKE_THE_PRIMARY.stream(), INTERRUPT_IT.stream()))
                .allSatisfy(fault -> assertThat(complaints(fault, 1, 15_001))
                        .containsExactly("no write for 15001 ms, and 15000 ms at most were right"));
    }

    @Test
    void soAreThoseThatWereToGoOn() {
        assertThat(complaints(new OperatorKilled(true), 0, 5_001))
                .containsExactly("no write for 5001 ms, and 5000 ms at most were right");
        assertThat(complaints(new NodeFault(Part.STANDBY, NodeFault.Kind.CUT), 0, 5_001))
                .hasSize(1);
    }

    @Test
    void everyFaultHasItsLimit() {
        assertThat(Faults.all()).allSatisfy(fault -> assertThat(complaints(fault, 0, 30_001))
                .anyMatch(each -> each.startsWith("no write for 30001 ms")));
    }

    @Test
    void oneFailoverIsWell() {
        assertThat(TAKE_THE_PRIMARY)
                .allSatisfy(fault -> assertThat(complaints(fault, 1, 7_000)).isEmpty());
        assertThat(INTERRUPT_IT)
                .allSatisfy(fault -> assertThat(complaints(fault, 0, 7_000)).isEmpty());
    }

    private static List<String> complaints(Fault fault, long epochs, long gap) {
        return Requirements.complaints(fault, new Aftermath(epochs, gap));
    }
}
