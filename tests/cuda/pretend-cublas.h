/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A cuBLASLt that multiplies on the processor as its documentation says that the real one does: columns first, layouts
 * with leading dimensions and batches, biases along rows and of D's type, GELU by tanh. cuda/gemm.c opens it through
 * pretend_dlopen() and pretend_dlsym(), which take dlopen()'s and dlsym()'s places when it is compiled for this.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * PretendCublas:
 * @missing: there is no such library; @no_start: it does not start; @no_offers: it knows no algorithm; @refuses: it
 *   refuses each product
 * @n_heuristics, @n_products: how often it was asked, and how often it multiplied
 * @schemes: reductions that were allowed last
 * @n_bad: calls that the real one would refuse or get wrong: sizes that do not fit each other, addresses that are not
 *   as aligned as was promised
 * @n_live: descriptors that were not destroyed
 */
typedef struct
{
  bool     missing;
  bool     no_start;
  bool     no_offers;
  bool     refuses;
  int      n_heuristics;
  int      n_products;
  uint32_t schemes;
  int      n_bad;
  int      n_live;
} PretendCublas;

extern PretendCublas pretend_cublas;

void *pretend_dlopen (const char *path, int flags);
void *pretend_dlsym (void *library, const char *name);
