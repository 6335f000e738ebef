package dev.matriarch.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What a run will do. A pure function of the seed, the number of cycles, the sizes and the faults. */
final class Schedule {

    private static final int CYCLES_OF_A_BLOCK = 20;

    private Schedule() {}

    /**
     * A cycle.
     *
     * @param number counted from 1
     * @param fault what is done
     * @param seed of what the fault leaves open
     */
    record Cycle(int number, Fault fault, long seed) {}

    /** Cycles on one cluster of so many instances. */
    record Block(int instances, List<Cycle> cycles) {}

    /**
     * Draws a run. Each fault comes once before any comes again, in random order: so a short run of many faults is not three times the same one.
     *
     * @param sizes numbers of instances; the first is drawn three times out of four, or always when it is the only one
     */
    static List<Block> of(long seed, int cycles, List<Integer> sizes, List<Fault> faults) {
        Random random = new Random(seed);
        List<Block> blocks = new ArrayList<>();
        List<Fault> left = new ArrayList<>();
        for (int number = 1; number <= cycles; number++) {
            if ((number - 1) % CYCLES_OF_A_BLOCK == 0) {
                blocks.add(new Block(size(random, sizes), new ArrayList<>()));
            }
            if (left.isEmpty()) {
                left.addAll(faults);
                Collections.shuffle(left, random);
            }
            blocks.get(blocks.size() - 1)
                    .cycles()
                    .add(new Cycle(number, left.remove(left.size() - 1), random.nextLong()));
        }
        return blocks;
    }

    private static int size(Random random, List<Integer> sizes) {
        int draw = random.nextInt(4);
        return draw < 3 || sizes.size() == 1 ? sizes.get(0) : sizes.get(1 + random.nextInt(sizes.size() - 1));
    }
}
