/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/engine.h"

G_BEGIN_DECLS

typedef enum
{
  SAG_LATERALITY_CHECK_RIGHT,
  SAG_LATERALITY_CHECK_WRONG_SIDE,
  SAG_LATERALITY_CHECK_INCONCLUSIVE,
} SagLateralityVerdict;

/**
 * SagLateralityCheck: does a bundle find left on the left?
 *
 * Upstream's label map has the lungs swapped, so a checkpoint trained with it may answer on the
 * wrong side.
 *
 * @left_margin: mean score in the left lung minus mean score in the right one, asked for the left
 *   lung
 * @right_margin: the other way round, asked for the right lung
 */
typedef struct
{
  SagLateralityVerdict verdict;
  double               left_margin;
  double               right_margin;
} SagLateralityCheck;

/**
 * SAG_LATERALITY_MARGIN: both margins must pass it to be called right, or pass its negative to be
 * called wrong.
 */
#define SAG_LATERALITY_MARGIN 0.1

/**
 * sag_laterality_check: asks for the left and the right lung of a healthy phantom.
 * Errors: as sag_engine_encode() and sag_engine_ask()
 */
gboolean sag_laterality_check (SagEngine          *engine,
                               SagLateralityCheck *check,
                               GCancellable       *cancellable,
                               GError            **error);

G_END_DECLS
