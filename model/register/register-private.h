/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/register/register.h"

#define SAG_REGISTER_N_LEVELS 3

/** What a cell of the working copy shows; flags. */
enum
{
  SAG_REGISTER_BORDER = 1 << 0, /* of a lung */
  SAG_REGISTER_BONE = 1 << 1,   /* and what lies next to it */
  SAG_REGISTER_SPINE = 1 << 2,  /* bone in the back's middle */
};

/**
 * SagRegisterScan: one scan, ready to be compared: its working copy of about 3.6 mm in RAS order.
 * @values: (n_cells) HU within the compared range, smoothed, level 0 most
 * @kinds: (n_cells)
 * @centre_mm, @top_mm: of the lungs, RAS; the top is the uppermost lung's S
 */
typedef struct
{
  SagGeometry geometry;
  double      ras_to_ijk[3][4];
  gsize       n_cells;
  float      *values[SAG_REGISTER_N_LEVELS];
  guint8     *kinds;
  double      centre_mm[3];
  double      top_mm;
} SagRegisterScan;

/**
 * sag_register_scan_new:
 * Errors: SAG_ERROR_MISMATCH (no lungs), SAG_ERROR_LIMIT, G_IO_ERROR_CANCELLED
 */
SagRegisterScan      *
sag_register_scan_new (SagVolume *volume, GCancellable *cancellable, GError **error);
void sag_register_scan_free (SagRegisterScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRegisterScan, sag_register_scan_free)

/** SagRigid: x -> turn (x - centre) + centre + shift: from the current scan to the prior. */
typedef struct
{
  double turn[3][3];
  double shift[3];
  double centre[3];
} SagRigid;

SagRigid sag_rigid_init (const double centre[3], const double shift[3]);

/** sag_rigid_step: turns by the vector @step[0..2] (radians) about the centre, then shifts by @step[3..5]. */
SagRigid sag_rigid_step (const SagRigid *rigid, const double step[6]);

void   sag_rigid_to_matrix (const SagRigid *rigid, double matrix[3][4]);
double sag_rigid_angle_degrees (const SagRigid *rigid);

/** sag_rigid_solve: A x = b for a symmetric A with its upper half filled; FALSE unless positive definite. */
gboolean sag_rigid_solve (const double a[6][6], const double b[6], double x[6]);

/**
 * SagRegisterPoint: a cell of the current scan that is compared.
 * @ras_mm: its centre
 */
typedef struct
{
  gsize  cell;
  double ras_mm[3];
  float  weight;
  guint8 kind;
} SagRegisterPoint;

/** sag_register_points: (element-type SagRegisterPoint): all that are compared, in the order of their cells. */
GArray *sag_register_points (const SagRegisterScan *current);

/**
 * sag_register_fit: moves @rigid to a lower cost at one level.
 * @n_points: about how many of @points are looked at, evenly spread
 * @n_steps: at most so many
 *
 * Returns: the cost there, 0 (all alike) .. 1
 */
double sag_register_fit (const SagRegisterScan *current,
                         const SagRegisterScan *prior,
                         const GArray          *points,
                         guint                  level,
                         guint                  n_points,
                         guint                  n_steps,
                         SagRigid              *rigid,
                         GCancellable          *cancellable);

/** sag_register_judge: fills in misfit, correlation and overlap; FALSE if next to nothing could be compared. */
gboolean sag_register_judge (const SagRegisterScan *current,
                             const SagRegisterScan *prior,
                             const GArray          *points,
                             const SagRigid        *rigid,
                             SagRegistration       *registration);
