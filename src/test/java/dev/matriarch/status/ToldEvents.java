package dev.matriarch.status;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;

/** Events that are kept instead of written. */
public final class ToldEvents extends Events {

    private final List<String> told = new ArrayList<>();

    public ToldEvents() {
        super(null);
    }

    @Override
    public void tell(HasMetadata resource, EventReason reason, String message) {
        told.add(reason + ": " + message);
    }

    /** Each as {@code reason: message}, in their order. */
    public List<String> told() {
        return told;
    }
}
