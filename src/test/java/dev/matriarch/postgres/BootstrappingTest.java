package dev.matriarch.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.matriarch.postgres.Bootstrapping.Begun;
import org.junit.jupiter.api.Test;

class BootstrappingTest {

    @Test
    void theNoteInTheDataIsReadBackAsItWasWritten() {
        Begun begun = new Begun("shop-2", "keeper_1");
        assertThat(Bootstrapping.read(Bootstrapping.note(begun))).contains(begun);
        assertThat(Bootstrapping.read("a remark of somebody")).isEmpty();
        assertThat(Bootstrapping.read(null)).isEmpty();
    }
}
