package dev.matriarch.e2e.support;

import static java.lang.annotation.ElementType.TYPE;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests that keep to namespaces of their own and leave machines and the operator alone, so that several such classes can run at a time. All others have the cluster to
 * themselves.
 */
@Target(TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("beside-others")
@ExtendWith(BesideOthers.OneReplica.class)
public @interface BesideOthers {

    /** About how long it takes, if more than 10 s: {@link LongOnesFirst}. */
    int seconds() default 0;

    /** The second replica of the operator has nothing to do with these tests, and would take processors' time for all that it hears: it is away until the last of them has ended. */
    final class OneReplica implements BeforeAllCallback {

        @Override
        public void beforeAll(ExtensionContext context) {
            if (!TestCluster.isUsersOwn()) {
                context.getRoot()
                        .getStore(ExtensionContext.Namespace.create(OneReplica.class))
                        .computeIfAbsent(Operator.Fewer.class, key -> Operator.single(), Operator.Fewer.class);
            }
        }
    }
}
