package dev.pellucid.runtime.host.examination;

/**
 * Something that keeps traffic from flowing, or would.
 *
 * @param type what kind of thing it is
 * @param subject what it is about, for example {@code listener web}, {@code interface eth0} or
 *     {@code IPv6}; a host has no two findings of one type with one subject
 * @param what what there is, in a sentence that ends with a full stop
 * @param why why it matters here, in a sentence or two
 * @param cure the shell command, or the script, that cures it when root runs it; where no command
 *     can, such as one that changes the configuration, a comment that begins with {@code #} says
 *     what to do
 */
public record Finding(FindingType type, String subject, String what, String why, String cure) {}
