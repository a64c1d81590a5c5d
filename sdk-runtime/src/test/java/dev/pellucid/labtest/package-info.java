/** Tests of the lab, from outside: what its users see. */
@NullMarked
package dev.pellucid.labtest;

import org.jspecify.annotations.NullMarked;
