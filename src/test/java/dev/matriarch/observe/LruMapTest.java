package dev.matriarch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LruMapTest {

    private final LruMap<Integer> map = new LruMap<>(2);

    @Test
    void aLaterValueTakesThePlaceOfAnEarlierOne() {
        assertThat(map.get("a")).isEmpty();
        map.put("a", 1);
        map.put("a", 2);
        assertThat(map.get("a")).contains(2);
    }

    @Test
    void beyondTheLimitTheOneUsedLeastRecentlyIsForgotten() {
        map.put("a", 1);
        map.put("b", 2);
        map.get("a");
        map.put("c", 3);
        assertThat(map.get("b")).as("the only one that was not used since").isEmpty();
        assertThat(map.get("a")).contains(1);
        assertThat(map.get("c")).contains(3);
        map.put("a", 4);
        map.put("d", 5);
        assertThat(map.get("c")).as("a was put anew").isEmpty();
        assertThat(map.get("a")).contains(4);
    }
}
