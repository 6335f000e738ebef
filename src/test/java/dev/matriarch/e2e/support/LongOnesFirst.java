package dev.matriarch.e2e.support;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/**
 * Orders classes that run at a time so that the last ones are short, and no processor waits for the end of a long one. JUnit's threads take classes from both ends of
 * the list: one of them from its end. So the short ones are in the middle, and at the end those that this one is to have: each class is given, longest first, to the thread that has
 * least.
 */
public final class LongOnesFirst implements ClassOrderer {

    /** Of one that does not say how long it takes. */
    private static final int SHORT = 5;

    private static final String THREADS = "junit.jupiter.execution.parallel.config.fixed.parallelism";

    @Override
    public void orderClasses(ClassOrdererContext context) {
        int threads = context.getConfigurationParameter(THREADS)
                .map(Integer::parseInt)
                .orElse(1);
        List<ClassDescriptor> longestFirst = new ArrayList<>(context.getClassDescriptors());
        longestFirst.sort(Comparator.comparingInt(LongOnesFirst::seconds).reversed());
        LinkedList<ClassDescriptor> begin = new LinkedList<>();
        LinkedList<ClassDescriptor> end = new LinkedList<>();
        int[] seconds = new int[threads];
        for (ClassDescriptor each : longestFirst) {
            int least = 0;
            for (int thread = 1; thread < threads; thread++) {
                least = seconds[thread] < seconds[least] ? thread : least;
            }
            seconds[least] += seconds(each);
            if (least == 0) {
                end.addFirst(each);
            } else {
                begin.addLast(each);
            }
        }
        begin.addAll(end);
        context.getClassDescriptors().sort(Comparator.comparingInt(begin::indexOf));
    }

    private static int seconds(ClassDescriptor each) {
        int told = Stream.of(
                        each.findAnnotation(BesideOthers.class).map(BesideOthers::seconds),
                        each.findAnnotation(OwnOperator.class).map(OwnOperator::seconds),
                        each.findAnnotation(WithoutOperator.class).map(WithoutOperator::seconds))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(0);
        return Math.max(told, SHORT);
    }
}
