/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/grid.h"
#include "model/dataset/labels.h"

G_BEGIN_DECLS

/**
 * SagAugmentation: what is done to one sample (MODEL.md section 4; MONAI's RandRotate, RandZoom, RandGaussianNoise,
 * RandShiftIntensity): rotation to 15 degrees about each axis, zoom 0.9 to 1.1, Gaussian noise of 0.01, shift within
 * 0.01, each with probability 0.5. Beyond the source its border goes on.
 * @moves: rotated or zoomed
 * @to_source: (3, 3): millimetres from the centre of the result to millimetres from the centre of the source
 * @noise, @shift: of the input's values, 0 for none
 * @noise_seed: of the noise
 */
typedef struct
{
  gboolean moves;
  double   to_source[3][3];
  float    noise;
  float    shift;
  guint64  noise_seed;
} SagAugmentation;

/** sag_augmentation_draw: a pure function of @seed and @place, the sample's number in the run. */
void sag_augmentation_draw (SagAugmentation *augmentation, guint64 seed, guint64 place);

/**
 * sag_augment_image: rotates and zooms by one trilinear interpolation.
 * @source: (source) Hounsfield units
 * @input: out: (input), as the network reads it
 */
void sag_augment_image (const SagSampleGrid   *grid,
                        const SagAugmentation *augmentation,
                        const gint16          *source,
                        float                 *input);

/** sag_augment_values: adds noise and shift to @n values. */
void sag_augment_values (const SagAugmentation *augmentation, float *input, gsize n);

/**
 * sag_augment_labels: rotates and zooms labels, nearest, just as the image.
 * @source: labels on the source's grid with its fine steps
 *
 * Returns: (transfer full): labels on the input's grid with the same steps; the members are copied
 */
SagLabelMap *sag_augment_labels (const SagSampleGrid   *grid,
                                 const SagAugmentation *augmentation,
                                 const SagLabelMap     *source);

G_END_DECLS
