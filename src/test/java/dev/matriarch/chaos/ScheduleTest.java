package dev.matriarch.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void aSeedSaysAll() {
        assertThat(Schedule.of(7, 50, List.of(3, 5), Faults.all()))
                .isEqualTo(Schedule.of(7, 50, List.of(3, 5), Faults.all()))
                .isNotEqualTo(Schedule.of(8, 50, List.of(3, 5), Faults.all()));
    }

    @Test
    void everyFaultComesBeforeAnyComesAgain() {
        int faults = Faults.all().size();

        List<Schedule.Cycle> cycles = Schedule.of(7, 2 * faults, List.of(3), Faults.all()).stream()
                .flatMap(block -> block.cycles().stream())
                .toList();

        assertThat(new HashSet<>(cycles.subList(0, faults).stream()
                        .map(Schedule.Cycle::fault)
                        .toList()))
                .hasSize(faults);
        assertThat(cycles).extracting(Schedule.Cycle::number).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void namesOfFaultsAreUnique() {
        assertThat(Faults.all()).extracting(Fault::name).doesNotHaveDuplicates();
    }

    @Test
    void eachNodeHasBothKindsOfWritersAndEachWriterOneNode() {
        for (int writers : new int[] {6, 8, 12}) {
            Set<String> all = new HashSet<>();
            for (int node = 0; node < 3; node++) {
                String ofNode = LoadClients.writersOf(node, 3, writers);
                assertThat(ofNode).contains("=service").contains("=multihost");
                all.addAll(Set.of(ofNode.split(",")));
            }
            assertThat(all).hasSize(writers);
            assertThat(all.stream().filter(each -> each.endsWith("=service")).collect(Collectors.toSet()))
                    .hasSize(writers / 2);
        }
    }
}
