package dev.matriarch.e2e.support;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedList;
import java.util.List;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/**
 * Orders classes that run at a time so that the last ones are short, and no processor waits for the end of a long one. JUnit's threads take classes from both ends of
 * the list: one of four from its end. So the short ones are in the middle.
 */
public final class LongOnesFirst implements ClassOrderer {

    private static final int THREADS = 4;

    @Override
    public void orderClasses(ClassOrdererContext context) {
        List<ClassDescriptor> longestFirst = new ArrayList<>(context.getClassDescriptors());
        longestFirst.sort(Comparator.comparingInt(LongOnesFirst::seconds).reversed());
        LinkedList<ClassDescriptor> begin = new LinkedList<>();
        LinkedList<ClassDescriptor> end = new LinkedList<>();
        for (int i = 0; i < longestFirst.size(); i++) {
            if (i % THREADS == 0) {
                end.addFirst(longestFirst.get(i));
            } else {
                begin.addLast(longestFirst.get(i));
            }
        }
        begin.addAll(end);
        context.getClassDescriptors().sort(Comparator.comparingInt(begin::indexOf));
    }

    private static int seconds(ClassDescriptor each) {
        return each.findAnnotation(BesideOthers.class)
                .map(BesideOthers::seconds)
                .orElse(0);
    }
}
