package dev.matriarch.apply;

import dev.matriarch.decide.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which steps of a plan are done side by side: those that follow each other, are each about another instance, and are all SQL, or all annotations and labels.
 * All others are done in their order.
 */
final class Together {

    /** What a step that may have company is about. */
    private record About(boolean sql, String instance) {}

    private Together() {}

    static List<List<Step>> of(List<Step> steps) {
        List<List<Step>> groups = new ArrayList<>();
        for (Step step : steps) {
            List<Step> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
            if (!last.isEmpty() && last.stream().allMatch(each -> haveCompany(each, step))) {
                last.add(step);
            } else {
                groups.add(new ArrayList<>(List.of(step)));
            }
        }
        return groups;
    }

    private static boolean haveCompany(Step one, Step other) {
        Optional<About> first = about(one);
        Optional<About> second = about(other);
        return first.isPresent()
                && second.isPresent()
                && first.get().sql() == second.get().sql()
                && !first.get().instance().equals(second.get().instance());
    }

    private static Optional<About> about(Step step) {
        if (step instanceof Step.Detach detach) {
            return Optional.of(new About(true, detach.instance()));
        } else if (step instanceof Step.Follow follow) {
            return Optional.of(new About(true, follow.instance()));
        } else if (step instanceof Step.SetRule rule) {
            return Optional.of(new About(true, rule.primary()));
        } else if (step instanceof Step.Assign assign) {
            return Optional.of(new About(false, assign.instance()));
        } else if (step instanceof Step.Label label) {
            return Optional.of(new About(false, label.instance()));
        }
        return Optional.empty();
    }
}
