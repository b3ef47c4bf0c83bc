/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Coroutines: a stack each, switched by hand (x86-64) or by ucontext. AddressSanitizer is told of every switch. */

#include <stdbool.h>

typedef struct SagFiber SagFiber;

/** sag_fiber_new: calls @func each time that it is resumed after @func returned. */
SagFiber *sag_fiber_new (void (*func) (void *data), void *data);

/** sag_fiber_resume: runs the fiber until it pauses or its function returns; true for the latter. */
bool sag_fiber_resume (SagFiber *fiber);

/** sag_fiber_pause: back to where the running fiber was resumed. */
void sag_fiber_pause (void);

/** sag_fiber_owns: whether @address lies on the running fiber's stack. */
bool sag_fiber_owns (const void *address);
