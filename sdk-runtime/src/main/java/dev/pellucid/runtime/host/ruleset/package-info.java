/**
 * The firewall as it is, whoever made it: chains of nft and iptables in one model, through which
 * packets walk on paper.
 */
@NullMarked
package dev.pellucid.runtime.host.ruleset;

import org.jspecify.annotations.NullMarked;
