package dev.matriarch.status;

import dev.matriarch.api.PgClusterSpec;
import dev.matriarch.decide.Observation;
import dev.matriarch.decide.SwitchoverAnswer;
import dev.matriarch.decide.Waiting;
import java.util.List;
import java.util.Optional;

/**
 * All that a status is made from.
 *
 * @param name the cluster's name
 * @param spec what is wanted
 * @param seen what was seen last
 * @param waitings what is waited for
 * @param problems what was refused
 * @param answer what is said to a PgSwitchover that is not under way
 */
public record Report(
        String name,
        PgClusterSpec spec,
        Observation seen,
        List<Waiting> waitings,
        List<Problem> problems,
        Optional<SwitchoverAnswer> answer) {

    public Report {
        waitings = List.copyOf(waitings);
        problems = List.copyOf(problems);
    }
}
