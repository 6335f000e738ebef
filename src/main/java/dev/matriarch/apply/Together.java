package dev.matriarch.apply;

import dev.matriarch.decide.Step;
import java.util.ArrayList;
import java.util.List;

/** Which steps of a plan are done side by side: those of one kind that follow each other and are each about another instance. All others are done in their order. */
final class Together {

    private Together() {}

    static List<List<Step>> of(List<Step> steps) {
        List<List<Step>> groups = new ArrayList<>();
        for (Step step : steps) {
            List<Step> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
            if (!last.isEmpty() && isAboutOneInstanceEach(step) && last.get(0).getClass() == step.getClass()) {
                last.add(step);
            } else {
                groups.add(new ArrayList<>(List.of(step)));
            }
        }
        return groups;
    }

    private static boolean isAboutOneInstanceEach(Step step) {
        return step instanceof Step.Detach
                || step instanceof Step.Follow
                || step instanceof Step.Assign
                || step instanceof Step.Label;
    }
}
