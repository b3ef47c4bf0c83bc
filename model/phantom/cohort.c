/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/cohort.h"

#include "model/phantom/subject.h"

/* A member's findings are drawn each on its own, so that none tells of another. */
static const struct
{
  guint  finding;
  double share;
} shares[] = {
  { SAG_FINDING_EFFUSION_LEFT, 0.23 },
  { SAG_FINDING_EFFUSION_RIGHT, 0.23 },
  { SAG_FINDING_CONSOLIDATION_LEFT, 0.18 },
  { SAG_FINDING_CONSOLIDATION_RIGHT, 0.18 },
  { SAG_FINDING_NODULE, 0.28 },
  { SAG_FINDING_PNEUMOTHORAX, 0.18 },
  { SAG_FINDING_PNEUMOTHORAX_LEFT, 0.18 },
  { SAG_FINDING_GROUND_GLASS_LEFT, 0.18 },
  { SAG_FINDING_GROUND_GLASS_RIGHT, 0.18 },
  { SAG_FINDING_EMPHYSEMA_LEFT, 0.2 },
  { SAG_FINDING_EMPHYSEMA_RIGHT, 0.2 },
  { SAG_FINDING_ATELECTASIS_LEFT, 0.18 },
  { SAG_FINDING_ATELECTASIS_RIGHT, 0.18 },
  { SAG_FINDING_PERICARDIAL_EFFUSION, 0.3 },
  { SAG_FINDING_CARDIOMEGALY, 0.35 },
  { SAG_FINDING_CORONARY_CALCIFICATION, 0.36 },
  { SAG_FINDING_AORTIC_CALCIFICATION, 0.36 },
  { SAG_FINDING_HIATAL_HERNIA, 0.3 },
  { SAG_FINDING_LYMPH_NODES, 0.3 },
  { SAG_FINDING_PACEMAKER, 0.25 },
  { SAG_FINDING_TUBE, 0.25 },
  { SAG_FINDING_VALVE, 0.25 },
  { SAG_FINDING_STERNOTOMY, 0.25 },
  { SAG_FINDING_SCATTERED_NODULES, 0.25 },
};

#define LEFT_LUNG_FINDINGS                                                                         \
  (SAG_FINDING_EFFUSION_LEFT | SAG_FINDING_CONSOLIDATION_LEFT | SAG_FINDING_PNEUMOTHORAX_LEFT |    \
   SAG_FINDING_GROUND_GLASS_LEFT | SAG_FINDING_EMPHYSEMA_LEFT | SAG_FINDING_ATELECTASIS_LEFT)
#define RIGHT_LUNG_FINDINGS                                                                        \
  (SAG_FINDING_EFFUSION_RIGHT | SAG_FINDING_CONSOLIDATION_RIGHT | SAG_FINDING_PNEUMOTHORAX |       \
   SAG_FINDING_GROUND_GLASS_RIGHT | SAG_FINDING_EMPHYSEMA_RIGHT | SAG_FINDING_ATELECTASIS_RIGHT)

void
sag_cohort_draw (guint64 seed, SagPhantomOptions *options)
{
  static const char *const orientations[] = { "RAS", "LPS", "LAS", "RAS" };
  SagDraw                  draw = sag_draw (seed, SAG_TOPIC_COHORT);
  double                   removed = sag_draw_uniform (&draw, 0, 1);

  g_return_if_fail (options != NULL);

  *options = (SagPhantomOptions){ .seed = seed, .anatomical = TRUE };
  options->enhanced = sag_draw_integer (&draw, 0, 1);
  options->orientation = orientations[sag_draw_integer (&draw, 0, 3)];
  for (guint f = 0; f < G_N_ELEMENTS (shares); f++)
    if (sag_draw_uniform (&draw, 0, 1) < shares[f].share)
      options->findings |= shares[f].finding;
  if (removed < 0.11)
    {
      options->findings &= ~(guint) LEFT_LUNG_FINDINGS;
      options->findings |= SAG_FINDING_NO_LEFT_LUNG;
    }
  else if (removed < 0.22)
    {
      options->findings &= ~(guint) RIGHT_LUNG_FINDINGS;
      options->findings |= SAG_FINDING_NO_RIGHT_LUNG;
    }
}
