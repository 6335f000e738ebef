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
 * the list: one of them from its end. So the short ones are in the middle.
 */
public final class LongOnesFirst implements ClassOrderer {

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
        for (int i = 0; i < longestFirst.size(); i++) {
            if (i % threads == 0) {
                end.addFirst(longestFirst.get(i));
            } else {
                begin.addLast(longestFirst.get(i));
            }
        }
        begin.addAll(end);
        context.getClassDescriptors().sort(Comparator.comparingInt(begin::indexOf));
    }

    private static int seconds(ClassDescriptor each) {
        return Stream.of(
                        each.findAnnotation(BesideOthers.class).map(BesideOthers::seconds),
                        each.findAnnotation(OwnOperator.class).map(OwnOperator::seconds),
                        each.findAnnotation(WithoutOperator.class).map(WithoutOperator::seconds))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(0);
    }
}
