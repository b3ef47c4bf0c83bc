/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/anatomy.h"

#include "model/phantom/random.h"

/* What is wrong with the patient. Findings cover lung, so that their masks are exact; a shape
 * without radii and planes is all of what it may cover. */

static const struct
{
  SagPhantomFinding finding;
  SagPart           part;
} shapes[] = {
  /* a removed lung */
  { SAG_FINDING_NO_LEFT_LUNG,
    { .over = { SAG_LOBES_LEFT }, .tissue = SAG_TISSUE_SOFT, .label = SAG_PHANTOM_BODY } },
  { SAG_FINDING_NO_RIGHT_LUNG,
    { .over = { SAG_LOBES_RIGHT }, .tissue = SAG_TISSUE_SOFT, .label = SAG_PHANTOM_BODY } },
  { SAG_FINDING_CONSOLIDATION_LEFT,
    { .over = { SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT },
      .tissue = SAG_TISSUE_CONSOLIDATION,
      .label = SAG_PHANTOM_CONSOLIDATION_LEFT } },
  { SAG_FINDING_CONSOLIDATION_RIGHT,
    { .over = { SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT },
      .tissue = SAG_TISSUE_CONSOLIDATION,
      .label = SAG_PHANTOM_CONSOLIDATION_RIGHT } },
  /* air rises to the front of a patient who lies on the back */
  { SAG_FINDING_PNEUMOTHORAX,
    { .over = { SAG_LOBES_RIGHT },
      .planes = { { 0, -1, -0.25, -40 } },
      .tissue = SAG_TISSUE_AIR,
      .label = SAG_PHANTOM_PNEUMOTHORAX } },
  /* fluid sinks to the back, and covers the whole base */
  { SAG_FINDING_EFFUSION_LEFT,
    { .over = { SAG_LOBES_LEFT },
      .planes = { { 0, 1, 1.1, -8 } },
      .tissue = SAG_TISSUE_FLUID,
      .label = SAG_PHANTOM_EFFUSION_LEFT } },
  { SAG_FINDING_EFFUSION_RIGHT,
    { .over = { SAG_LOBES_RIGHT },
      .planes = { { 0, 1, 1.1, -8 } },
      .tissue = SAG_TISSUE_FLUID,
      .label = SAG_PHANTOM_EFFUSION_RIGHT } },
};

/* Places where 14 mm all around are lung, whatever the seed; the first two whatever else is wrong
 * too. */
static const double nodule_places[][3] = {
  { 75, 0, 25 }, { -75, 0, 25 }, { -85, -50, -50 }, { 85, 55, -60 }, { 85, -50, -50 },
};

static guint
choose_nodule_place (const SagBuilder *builder)
{
  guint others = builder->findings & ~(guint) SAG_FINDING_NODULE;

  if (others & SAG_FINDING_NO_LEFT_LUNG)
    return 0;
  if (others & SAG_FINDING_NO_RIGHT_LUNG)
    return 1;
  return sag_random_hash (builder->seed, 200) % (others ? 2 : G_N_ELEMENTS (nodule_places));
}

static void
add_nodule (SagBuilder *builder)
{
  const double *place = nodule_places[choose_nodule_place (builder)];
  double        radius = sag_phantom_uniform (builder->seed, 201, 4, 10);
  SagPart       part = {
          .radius = { radius, radius, radius },
          .over = { SAG_LOBES_LEFT, SAG_LOBES_RIGHT },
          .tissue = SAG_TISSUE_CONSOLIDATION,
          .label = SAG_PHANTOM_NODULE,
  };

  for (guint a = 0; a < 3; a++)
    part.centre[a] = place[a] + sag_phantom_uniform (builder->seed, 202 + a, -4, 4);
  sag_builder_add (builder, &part);
}

void
sag_builder_add_findings (SagBuilder *builder)
{
  for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
    if (builder->findings & shapes[s].finding)
      {
        SagPart part = shapes[s].part;

        part.planes[0][3] += sag_phantom_uniform (builder->seed, 220 + s, -6, 6);
        sag_builder_add (builder, &part);
      }
  if (builder->findings & SAG_FINDING_NODULE)
    add_nodule (builder);
}
