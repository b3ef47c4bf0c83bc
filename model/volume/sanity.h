/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

/** SagIntensityKind: what the values look like. A guess from their distribution alone. */
typedef enum
{
  SAG_INTENSITY_HU,             /* air near -1000, soft tissue near 40 */
  SAG_INTENSITY_NOT_RESCALED,   /* a CT whose intercept was not applied: about 1024 too high */
  SAG_INTENSITY_RESCALED_TWICE, /* a CT whose intercept was applied again: about 1024 too low */
  SAG_INTENSITY_8_BIT,          /* 0..255: a CT that was windowed to a picture */
  SAG_INTENSITY_LABELS,         /* few whole numbers in large patches: a label map or mask */
  SAG_INTENSITY_CONSTANT,       /* one value, or no finite one */
  SAG_INTENSITY_UNKNOWN, /* another modality, or a part of the body without air or soft tissue */
} SagIntensityKind;

#define SAG_INTENSITY_N_PERCENTILES 7

/**
 * SagIntensity: a scan's values, judged from at most two million voxels spread over it.
 * @minimum, @maximum: of the finite ones
 * @percentiles: the 0.1, 1, 25, 50, 75, 99 and 99.9 %, to one unit, within -32768..32767
 * @air_hu, @soft_tissue_hu: where the distribution peaks around -1000 and 40; NaN unless @kind is
 * SAG_INTENSITY_HU
 * @sentences: NULL-terminated: what a person should know before a model is asked; empty where
 * nothing is odd
 */
typedef struct
{
  SagIntensityKind kind;
  double           minimum;
  double           maximum;
  double           percentiles[SAG_INTENSITY_N_PERCENTILES];
  double           air_hu;
  double           soft_tissue_hu;
  char           **sentences;
} SagIntensity;

/** sag_volume_check_intensity: takes milliseconds, and the same volume always gets the same answer.
 */
SagIntensity *sag_volume_check_intensity (const SagVolume *volume);

void sag_intensity_free (SagIntensity *intensity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagIntensity, sag_intensity_free)

/** sag_intensity_kind_to_string: "hu", "not-rescaled", "rescaled-twice", "8-bit", "labels",
 * "constant" or "unknown". */
const char *sag_intensity_kind_to_string (SagIntensityKind kind);

G_END_DECLS
