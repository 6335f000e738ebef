package dev.matriarch.e2e.support;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests of what only a cluster of local-kubernetes has: machines that can be switched off, the operator's Deployment. In a cluster of the user's own they are
 * left out, which {@code src/test/cluster/start} tells by name and the summary counts as skipped; without KUBECONFIG none ever is.
 *
 * <p>Stands on the line before a class or a method, where that script looks for it.
 */
@Target({TYPE, METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("local")
@ExtendWith(OnLocalCluster.Condition.class)
public @interface OnLocalCluster {

    /** Whether the cluster that the tests were given is one. */
    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return TestCluster.isUsersOwn()
                    ? ConditionEvaluationResult.disabled(
                            "needs a cluster of local-kubernetes; KUBECONFIG names another")
                    : ConditionEvaluationResult.enabled("the cluster is one of local-kubernetes");
        }
    }
}
