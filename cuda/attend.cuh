/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cuda/device.cuh"

/* Scaled dot-product attention, Vaswani et al., arXiv:1706.03762, section 3.2.1, with the running softmax of Milakov
 * and Gimelshein, arXiv:1805.02867: keys go through in tiles, nothing of size keys x queries is stored.
 *
 *   qkv      (sequences, length, 3, heads, width)
 *   visible  (sequences, length)
 *   out      (sequences, queries, heads, width)
 */

/* Hidden keys start here and get exactly nothing. */
#define SAG_ATTEND_LOWEST (-1e30f)

/* Whether the kernel for tensor cores can do it: float16 and the usual widths. */
bool sag_cuda_attend_half_fits (const SagCudaAttend *job);
int  sag_cuda_launch_attend_half (const SagCudaAttend *job, void *stream);
