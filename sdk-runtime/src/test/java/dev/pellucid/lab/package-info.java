/**
 * A network to test transparent proxies in: a client, a proxy and servers, each in a network
 * namespace of its own, in this JVM and leaving no trace.
 *
 * <p>In JUnit, annotate a test with {@link dev.pellucid.lab.Lab} and take a {@link
 * dev.pellucid.lab.LabNetwork} as a parameter. Elsewhere, use {@link
 * dev.pellucid.lab.LabNetwork#open}.
 *
 * <p>It needs Linux, the commands of iproute2 and util-linux, and root. For want of root, start the
 * JVM in a user namespace, with loopback up before it starts: {@code unshare --user --map-root-user
 * --net --mount sh -c 'ip link set lo up && exec java …'}.
 */
@NullMarked
package dev.pellucid.lab;

import org.jspecify.annotations.NullMarked;
