package dev.matriarch.controller;

import dev.matriarch.apply.Beginnings;
import dev.matriarch.apply.OwnedObjects;
import dev.matriarch.apply.Parameters;
import dev.matriarch.apply.PasswordKeeper;
import dev.matriarch.apply.Reminders;
import dev.matriarch.observe.Memories;
import dev.matriarch.postgres.Watch;
import dev.matriarch.status.Operators;
import dev.matriarch.status.StatusWriter;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;

/** Drops what is remembered of a cluster that is gone, passwords among it. */
@ApplicationScoped
public class Forgetting {

    private final StatusWriter status;
    private final Operators operators;
    private final Memories memories;
    private final PasswordKeeper passwords;
    private final Parameters parameters;
    private final Beginnings beginnings;
    private final OwnedObjects owned;
    private final Reminders reminders;
    private final Watch watch;
    private final Cordons cordons;

    Forgetting(
            StatusWriter status,
            Operators operators,
            Memories memories,
            PasswordKeeper passwords,
            Parameters parameters,
            Beginnings beginnings,
            OwnedObjects owned,
            Reminders reminders,
            Watch watch,
            Cordons cordons) {
        this.status = status;
        this.operators = operators;
        this.memories = memories;
        this.passwords = passwords;
        this.parameters = parameters;
        this.beginnings = beginnings;
        this.owned = owned;
        this.reminders = reminders;
        this.watch = watch;
        this.cordons = cordons;
    }

    void forget(ResourceID cluster) {
        status.forget(cluster);
        operators.forget(cluster);
        memories.forget(cluster);
        passwords.forget(cluster);
        parameters.forget(cluster);
        beginnings.forget(cluster);
        owned.forget(cluster);
        reminders.forget(cluster);
        watch.end(cluster.toString());
        cordons.forget(cluster);
    }
}
