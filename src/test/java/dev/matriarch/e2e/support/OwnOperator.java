package dev.matriarch.e2e.support;

import static java.lang.annotation.ElementType.TYPE;

import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests that bring an operator of their own for their namespace, because they kill it, freeze it or fail what it asks. That of the Deployment is away meanwhile; it goes
 * when the first such class begins, and comes back after the last one. So only those run in the same JVM that need no
 * operator ({@link WithoutOperator}).
 *
 * <p>Several classes run at a time. One that does something to a machine bears {@code @Isolated}; one that needs a machine with time bears {@link Quiet}.
 */
@Target(TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("without-deployment")
@ExtendWith(OwnOperator.Away.class)
public @interface OwnOperator {

    /** About how long it takes, if more than 10 s: {@link LongOnesFirst}. */
    int seconds() default 0;

    /** Sees to it. */
    final class Away implements BeforeAllCallback {

        @Override
        public void beforeAll(ExtensionContext context) {
            context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(Away.class))
                    .computeIfAbsent(Operator.Fewer.class, key -> Operator.absent(), Operator.Fewer.class);
        }
    }
}
