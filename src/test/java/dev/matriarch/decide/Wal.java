package dev.matriarch.decide;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The model of a write-ahead log: records, each on the timeline that it was written on, and some of them commits of clients. */
final class Wal {

    /** Where the first record ends. */
    private static final long BEGIN = 100;

    /** A record; {@code write} is the number of a client's commit, or 0. */
    private record Entry(long timeline, long write) {}

    private final List<Entry> entries = new ArrayList<>();

    long end() {
        return BEGIN + entries.size();
    }

    long timeline() {
        return entries.isEmpty() ? 1 : entries.get(entries.size() - 1).timeline();
    }

    /** Something that is no commit of a client. */
    void append() {
        commit(0);
    }

    void commit(long write) {
        entries.add(new Entry(timeline(), write));
    }

    void promote(long timeline) {
        entries.add(new Entry(timeline, 0));
    }

    /** Whether PostgreSQL would stream from a source: by timelines and positions, which is all that it can compare. */
    boolean isInHistoryOf(Wal source) {
        return entries.isEmpty()
                || entries.size() <= source.entries.size()
                        && source.entries.get(entries.size() - 1).timeline() == timeline();
    }

    /** Whether this timeline is its own or one before. */
    boolean wasOn(long timeline) {
        for (Entry each : entries) {
            if (each.timeline() == timeline) {
                return true;
            }
        }
        return false;
    }

    /** At most so many records of what the source has more, as far as it has written them. */
    void receive(Wal source, long until, int most) {
        int begin = entries.size();
        int there = Math.max(begin, (int) Math.min(source.entries.size(), until - BEGIN));
        entries.addAll(source.entries.subList(begin, begin + Math.min(most, there - begin)));
    }

    /** All beyond a position was in memory only, and is gone. */
    void truncate(long position) {
        while (end() > position) {
            entries.remove(entries.size() - 1);
        }
    }

    Wal copy() {
        Wal copy = new Wal();
        copy.entries.addAll(entries);
        return copy;
    }

    /** The timelines before its own, and where each was left. */
    History history() {
        List<History.End> ends = new ArrayList<>();
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i).timeline() != entries.get(i - 1).timeline()) {
                ends.add(new History.End(entries.get(i - 1).timeline(), new Lsn(BEGIN + i)));
            }
        }
        return new History(ends);
    }

    /** Whether a source, asked for this timeline, would send what it has of it, though this log goes on beyond that. */
    boolean isBeyond(Wal source) {
        return source.entries.isEmpty()
                || source.timeline() == timeline() && source.isInHistoryOf(this)
                || source.history().end(timeline()).isPresent();
    }

    boolean holds(long write) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).write() == write) {
                return true;
            }
        }
        return false;
    }

    Set<Long> writes() {
        return writesUntil(end());
    }

    Set<Long> writesUntil(long position) {
        Set<Long> writes = new HashSet<>();
        for (Entry each : entries.subList(0, (int) Math.min(entries.size(), Math.max(0, position - BEGIN)))) {
            if (each.write() > 0) {
                writes.add(each.write());
            }
        }
        return writes;
    }

    @Override
    public String toString() {
        return end() + "@" + timeline();
    }
}
