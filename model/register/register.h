/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* An earlier scan of a patient is brought to where a later one lies: one turn and one shift, so that distances in
 * both stay true.
 *
 * Why our own: Debian has ITK 5.2, whose registration would do. It brings 60 shared libraries, DCMTK and HDF5 as
 * build dependencies and minutes of C++ templates a file; what is needed of it here is one metric and one optimiser
 * over data that the lungs' search already has in memory.
 */

#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagRegisterVerdict: what the fit at the bones says.
 * @SAG_REGISTER_GOOD: the bones lie on each other
 * @SAG_REGISTER_DOUBTFUL: to be looked at closely: another posture, much noise, or not the same patient
 */
typedef enum
{
  SAG_REGISTER_GOOD,
  SAG_REGISTER_DOUBTFUL,
} SagRegisterVerdict;

/**
 * SagRegistration: how a prior lies to the current scan.
 * @prior_to_current: rigid: a point of the prior, RAS mm, to the same anatomy in the current scan
 * @current_to_prior: its inverse
 * @misfit_mm: half of the bones' edges lie closer together than this
 * @correlation: of the values at the bones, -1 .. 1
 * @overlap: the share of the compared bones that the prior holds, 0 .. 1
 * @turn_degrees, @shift_mm: how far the prior was moved; the shift is that of the middle of the current lungs
 */
typedef struct
{
  double             prior_to_current[3][4];
  double             current_to_prior[3][4];
  double             misfit_mm;
  double             correlation;
  double             overlap;
  double             turn_degrees;
  double             shift_mm;
  SagRegisterVerdict verdict;
} SagRegistration;

/**
 * sag_register: finds where @prior lies in @current: two chest CTs in Hounsfield units.
 *
 * Compared are the bones, the spine most, and the lungs' borders, on copies of about 3.6 mm; what breathing or the
 * heart moved, what contrast medium brightened and what came or went since weighs little. Takes a second or so on the
 * default pool; the result does not depend on the number of threads.
 *
 * The method: from several starts around the lungs' middle, coarse to fine, Gauss-Newton steps (damped, Levenberg)
 * on differences of values, weighted by Tukey's biweight.
 *
 * Errors: SAG_ERROR_MISMATCH (could not be aligned: no lungs in one, or too poor a fit), SAG_ERROR_LIMIT (2^32 voxels
 * or more), G_IO_ERROR_CANCELLED
 */
gboolean sag_register (SagVolume       *current,
                       SagVolume       *prior,
                       SagRegistration *registration,
                       GCancellable    *cancellable,
                       GError         **error);

/**
 * sag_register_resample: @prior on the grid of @current, trilinear: the same anatomy at the same voxels.
 *
 * What @prior does not hold is air. An int16 prior stays int16.
 *
 * Errors: SAG_ERROR_LIMIT (no memory for it), G_IO_ERROR_CANCELLED
 */
SagVolume *sag_register_resample (SagVolume         *prior,
                                  const SagGeometry *current,
                                  const double       prior_to_current[3][4],
                                  GCancellable      *cancellable,
                                  GError           **error);

G_END_DECLS
