/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/phantom.h"

G_BEGIN_DECLS

typedef enum
{
  SAG_SOLID_ELLIPSOID,
  SAG_SOLID_CAPSULE,
} SagSolidKind;

/** SagBlend: what a solid does to the HU that it finds. */
typedef enum
{
  SAG_BLEND_COVER, /* takes their place */
  SAG_BLEND_ADD,   /* adds to them: what was there stays visible */
  SAG_BLEND_NONE,  /* labels only */
} SagBlend;

#define SAG_SOLID_MAX_PLANES 4
#define SAG_SOLID_KEEP 0xff

/**
 * SagSolid: one thing in a patient, in RAS mm. Solids are painted in turn; a later one covers an earlier one.
 * @centre: of an ellipsoid; where a capsule starts
 * @radius: of an ellipsoid along its axes, 0 is endless; radius[0], radius[1] of a capsule at start and end
 * @end: where a capsule ends
 * @axes: (nullable rows): an ellipsoid's own axes, orthonormal, if @turned
 * @square: 0 a true ellipse in x-y, towards 1 a rounded rectangle (u^2 + v^2 - square u^2 v^2 + w^2 <= 1)
 * @shear_y: mm that an ellipsoid's slices move to anterior for each mm to superior
 * @inverted: all but the ellipsoid
 * @grow: makes the radii this many times longer; 0 means 1
 * @rough: random waves of the surface, a share of the radius; their length is 25 mm
 * @planes: (nx, ny, nz, d): keeps only what lies at n . p <= d; all zero keeps everything
 * @hu_slope_y: HU for each mm to anterior of @centre
 * @mottle: random HU up to this, to both sides, over 9 mm
 * @label: SagPhantomLabel, or SAG_SOLID_KEEP
 * @organ: whose organ the voxel becomes, or SAG_SOLID_KEEP: a nodule is still lung
 * @over: SagOver flags that it may cover; 0 means all
 * @fine: a capsule that may be thinner than a voxel: its HU are mixed by share
 * @fixed: stays with the scanner when the patient turns
 */
typedef struct
{
  SagSolidKind kind;
  SagBlend     blend;
  double       centre[3];
  double       radius[3];
  double       end[3];
  double       axes[3][3];
  double       square;
  double       shear_y;
  double       grow;
  double       rough;
  double       planes[SAG_SOLID_MAX_PLANES][4];
  float        hu;
  float        hu_slope_y;
  float        mottle;
  guint8       label;
  guint8       organ;
  guint16      over;
  gboolean     turned;
  gboolean     inverted;
  gboolean     fine;
  gboolean     fixed;
} SagSolid;

/** SagOver: classes of what is there before a solid is painted, told from the organ. */
typedef enum
{
  SAG_OVER_UPPER_LEFT = 1 << 0,
  SAG_OVER_LOWER_LEFT = 1 << 1,
  SAG_OVER_UPPER_RIGHT = 1 << 2,
  SAG_OVER_MIDDLE_RIGHT = 1 << 3,
  SAG_OVER_LOWER_RIGHT = 1 << 4,
  SAG_OVER_SOFT = 1 << 5, /* the body where it has no organ of its own */
  SAG_OVER_HEART = 1 << 6,
  SAG_OVER_AIRWAY = 1 << 7,
  SAG_OVER_BONE = 1 << 8,
  SAG_OVER_OUTSIDE = 1 << 9,
  SAG_OVER_OTHER = 1 << 10,
} SagOver;

#define SAG_OVER_LEFT_LUNG (SAG_OVER_UPPER_LEFT | SAG_OVER_LOWER_LEFT)
#define SAG_OVER_RIGHT_LUNG (SAG_OVER_UPPER_RIGHT | SAG_OVER_MIDDLE_RIGHT | SAG_OVER_LOWER_RIGHT)
#define SAG_OVER_LUNGS (SAG_OVER_LEFT_LUNG | SAG_OVER_RIGHT_LUNG)

guint16 sag_over_of_organ (guint8 organ);

/** SagRow: a row of voxels while it is painted. @x, @y, @z: (n): where their centres are. */
typedef struct
{
  gsize         n;
  double        voxel_mm;
  guint64       seed; /* of rough surfaces */
  const double *x;
  const double *y;
  const double *z;
  float        *hu;
  guint8       *labels;
  guint8       *organs;
} SagRow;

/** sag_solid_get_bounds: a box in RAS mm outside of which the solid is not; infinite where it is endless. */
void sag_solid_get_bounds (const SagSolid *solid, double voxel_mm, double low[3], double high[3]);

/** sag_solid_paint: paints the solid on voxels @from .. @to - 1 of @row. */
void sag_solid_paint (const SagSolid *solid, const SagRow *row, gsize from, gsize to);

/**
 * sag_solid_measure: how many times longer the radii of an ellipsoid must be for @point to lie on its surface; rough
 * waves included. An ellipsoid holds points up to @grow, an inverted one those beyond it.
 */
double sag_solid_measure (const SagSolid *solid, guint64 seed, const double point[3]);

G_END_DECLS
