/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** How much more than the class loss the patch loss counts (MODEL.md section 4). */
#define SAG_CPU_PATCH_WEIGHT 10.0

/** sag_cpu_cells_scale: what balances masks: 1 over the share of the cells that the targets cover, at most 64; an empty
 * mask weighs as much as a small one. */
double sag_cpu_cells_scale (const float *targets, gsize n);

/**
 * sag_cpu_class_loss: binary cross-entropy on a logit.
 * @label: 0..1
 * @d_logit: (out) (optional): its derivative
 */
double sag_cpu_class_loss (float logit, float label, float *d_logit);

/**
 * sag_cpu_cell_loss: mean sigmoid focal loss (Lin et al., arXiv:1708.02002; torchvision's sigmoid_focal_loss with alpha
 * 0.25, gamma 2) over one sample's cells.
 * @targets: (n) 0..1, soft ones too
 * @d_logits: (n) (optional): derivatives of the mean
 */
double sag_cpu_cell_loss (const float *logits, const float *targets, gsize n, float *d_logits);

G_END_DECLS
