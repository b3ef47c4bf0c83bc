/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/subject.h"

G_BEGIN_DECLS

/** SagSurveyPoint: a point of a coarse lattice inside a lung, where solids are drawn (subject mm, of true scale). */
typedef struct
{
  double at[3];
  guint8 organ;
} SagSurveyPoint;

/**
 * SagSurvey: where a patient's lungs are, found by painting them on a coarse lattice.
 * @points: of SagSurveyPoint
 * @cell_ml: what a point stands for
 */
typedef struct
{
  GArray *points;
  double  cell_ml;
} SagSurvey;

SagSurvey *sag_survey_new (const SagSubject *subject);
void       sag_survey_free (SagSurvey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagSurvey, sag_survey_free)

/** sag_survey_probe: the organ at a point of the patient's mm of true scale. */
guint8 sag_survey_probe (const SagSubject *subject, const double at[3]);

/**
 * sag_survey_grow_to: sets @solid's grow so that it holds about @ml of the organs that it may cover, at most all.
 *
 * @solid is an ellipsoid as sag_subject_add() leaves it, of true scale.
 * Returns: how many ml it holds
 */
double sag_survey_grow_to (const SagSurvey *survey, SagSolid *solid, guint64 seed, double ml);

/**
 * sag_survey_draw: a point of @over at random, scattered within its cell; @accept may refuse points.
 * Returns: FALSE if none was found
 */
gboolean sag_survey_draw (const SagSurvey *survey, SagDraw *draw, guint16 over, double at[3]);

G_END_DECLS
