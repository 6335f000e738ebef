package dev.matriarch.decide;

/** {@link Mutant#NO_EPOCH_IN_NAMES}: what is named, here or there, in whatever epoch, is read as of the present one. */
final class NamesWithoutEpoch {

    private NamesWithoutEpoch() {}

    static Protocol read(Protocol recorded) {
        return Altered.rules(recorded, rule -> of(rule, recorded.epoch()));
    }

    static Observation seen(Observation seen, World world) {
        long epoch = seen.protocol().epoch();
        return Altered.instances(
                seen,
                each -> each.withDatabase(each.database()
                        .map(said -> Altered.names(
                                said,
                                names(world.machine(each.name()).data.rule, epoch),
                                said.walsenders().stream()
                                        .map(sender -> new Instance.Walsender(
                                                of(sender.standby(), epoch),
                                                sender.state(),
                                                sender.flushed(),
                                                sender.replayed(),
                                                sender.syncState()))
                                        .toList()))));
    }

    private static String names(Rule rule, long epoch) {
        return rule == null ? "" : of(rule, epoch).synchronousStandbyNames();
    }

    private static Rule of(Rule rule, long epoch) {
        return new Rule(
                rule.primary(),
                rule.members().stream().map(each -> of(each, epoch)).toList(),
                rule.required());
    }

    private static String of(String standby, long epoch) {
        return Names.standby(Names.instanceOf(standby), epoch);
    }
}
