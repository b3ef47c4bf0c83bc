/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/phantom.h"

G_BEGIN_DECLS

/** SagTissue: what a part is made of; sag_anatomy_new() says how many HU that is for a seed. */
typedef enum
{
  SAG_TISSUE_AIR,
  SAG_TISSUE_LUNG,
  SAG_TISSUE_GAS,
  SAG_TISSUE_FOAM,
  SAG_TISSUE_TABLE,
  SAG_TISSUE_FAT,
  SAG_TISSUE_SKIN,
  SAG_TISSUE_FLUID,
  SAG_TISSUE_CONSOLIDATION,
  SAG_TISSUE_SOFT,
  SAG_TISSUE_MUSCLE,
  SAG_TISSUE_BLOOD,
  SAG_TISSUE_LIVER,
  SAG_TISSUE_CARTILAGE,
  SAG_TISSUE_CANCELLOUS_BONE,
  SAG_TISSUE_CORTICAL_BONE,
  SAG_N_TISSUES,
} SagTissue;

typedef enum
{
  SAG_SHAPE_ELLIPSOID,
  SAG_SHAPE_CAPSULE,
} SagShapeKind;

#define SAG_PART_KEEP_LABEL 0xff
#define SAG_PART_MAX_PLANES 3
#define SAG_PART_MAX_OVER 5

/**
 * SagPart: one thing in the patient, in RAS mm. Parts are painted in turn; a later one covers an
 * earlier one.
 * @centre: of an ellipsoid; where a capsule starts
 * @radius: of an ellipsoid; 0 is endless. radius[0], radius[1] of a capsule at its start and its
 * end
 * @end: where a capsule ends
 * @square: 0 a true ellipse in x-y, towards 1 a rounded rectangle (u^2 + v^2 - square u^2 v^2 <= 1)
 * @shear_y: mm that an ellipsoid's slices move to anterior for each mm to superior
 * @planes: (nx, ny, nz, d): keeps only what lies at n . p <= d; all zero keeps everything
 * @label: SagPhantomLabel, or SAG_PART_KEEP_LABEL to change the HU only
 * @over: labels that it may cover, 0 ends the list; an empty list means all
 */
typedef struct
{
  SagShapeKind kind;
  double       centre[3];
  double       radius[3];
  double       end[3];
  double       square;
  double       shear_y;
  double       planes[SAG_PART_MAX_PLANES][4];
  SagTissue    tissue;
  guint8       label;
  guint8       over[SAG_PART_MAX_OVER];
} SagPart;

/** sag_part_get_bounds: a box in RAS mm outside of which the part is not; infinite where it is
 * endless. */
void sag_part_get_bounds (const SagPart *part, double low[3], double high[3]);

/**
 * sag_part_paint: paints the part on one row of voxels.
 * @x, @y, @z: (n): where the voxels' centres are
 * @labels, @tissues: (n): changed where the part is
 */
void sag_part_paint (const SagPart *part,
                     gsize          n,
                     const double  *x,
                     const double  *y,
                     const double  *z,
                     guint8        *labels,
                     guint8        *tissues);

G_END_DECLS
