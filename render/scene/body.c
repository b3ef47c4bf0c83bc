/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/body.h"

#include <string.h>

#define AIR_HU (-1000.0f)
#define TISSUE_HU 0.0f
#define RAW_STEP_MM 4.0

/* Components of less than this share of the largest one are not the patient. */
#define SMALLEST_SHARE 20

/* How far, in steps, worn tissue grows back. */
#define N_REGROWN 3

/* The form on blocks of the field: what is body, on a grid with steps of about RAW_STEP_MM. */
typedef struct
{
  gint32  dims[3];
  gint32  factor[3]; /* voxels of the field in one of these */
  gsize   n;
  guint8 *body;
} Form;

enum
{
  OUTSIDE,
  TISSUE,
  WORN,
  KEPT,
  FILLED,
};

static void
form_init (Form *form, const SagRenderField *field)
{
  SagGeometry coarse;

  sag_render_block_factor (&field->geometry, RAW_STEP_MM, form->factor);
  coarse = sag_geometry_coarsen (&field->geometry, form->factor);
  memcpy (form->dims, coarse.dims, sizeof form->dims);
  form->n = (gsize) sag_geometry_n_voxels (&coarse);
  form->body = g_malloc0 (form->n);
}

static gsize
form_index (const Form *form, gint32 i, gint32 j, gint32 k)
{
  return i + (gsize) form->dims[0] * (j + (gsize) form->dims[1] * k);
}

/* Tissue is where most of a block is denser than the skin. */
static void
form_threshold (Form *form, const SagRenderField *field)
{
  const gint32      *dims = field->geometry.dims;
  g_autofree guint8 *votes = g_malloc0 (form->n);
  const float       *value = field->values;

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; i++, value++)
        if (*value > SAG_RENDER_SKIN_HU)
          {
            gsize at =
              form_index (form, i / form->factor[0], j / form->factor[1], k / form->factor[2]);

            votes[at] += votes[at] < 255;
          }
  for (gsize at = 0; at < form->n; at++)
    form->body[at] =
      2 * votes[at] > form->factor[0] * form->factor[1] * form->factor[2] ? TISSUE : OUTSIDE;
}

/* Voxels of @from with one of @beside next to them in their slice become @to. Where the scan ends
 * the body does not. */
static void
form_grow (Form *form, guint8 from, guint8 beside, guint8 to)
{
  g_autofree guint8 *old = g_memdup2 (form->body, form->n);

  for (gint32 k = 0; k < form->dims[2]; k++)
    for (gint32 j = 0; j < form->dims[1]; j++)
      for (gint32 i = 0; i < form->dims[0]; i++)
        {
          gsize at = form_index (form, i, j, k), row = form->dims[0];

          if (old[at] == from && ((i > 0 && old[at - 1] == beside) ||
                                  (i + 1 < form->dims[0] && old[at + 1] == beside) ||
                                  (j > 0 && old[at - row] == beside) ||
                                  (j + 1 < form->dims[1] && old[at + row] == beside)))
            form->body[at] = to;
        }
}

/* Marks everything of @from that hangs together with @seed as @to. Returns its size. */
static gsize
form_flood (Form *form, gsize seed, guint8 from, guint8 to, GArray *stack, gboolean within_slice)
{
  const gsize row = form->dims[0], plane = row * form->dims[1];
  gsize       size = 0;

  g_array_set_size (stack, 0);
  g_array_append_val (stack, seed);
  form->body[seed] = to;
  while (stack->len > 0)
    {
      gsize  at = g_array_index (stack, gsize, stack->len - 1);
      gint32 i = at % row, j = at / row % form->dims[1], k = at / plane;
      struct
      {
        gboolean inside;
        gsize    at;
      } next[6] = { { i > 0, at - 1 },
                    { i + 1 < form->dims[0], at + 1 },
                    { j > 0, at - row },
                    { j + 1 < form->dims[1], at + row },
                    { !within_slice && k > 0, at - plane },
                    { !within_slice && k + 1 < form->dims[2], at + plane } };

      g_array_set_size (stack, stack->len - 1);
      size++;
      for (guint n = 0; n < G_N_ELEMENTS (next); n++)
        if (next[n].inside && form->body[next[n].at] == from)
          {
            form->body[next[n].at] = to;
            g_array_append_val (stack, next[n].at);
          }
    }
  return size;
}

static void
form_drop_worn (Form *form)
{
  for (gsize at = 0; at < form->n; at++)
    if (form->body[at] == WORN)
      form->body[at] = OUTSIDE;
}

typedef struct
{
  gsize seed, size;
} Component;

/* What is left of TISSUE becomes KEPT if it is large, else OUTSIDE. */
static void
form_keep_large (Form *form, GArray *stack)
{
  g_autoptr (GArray) components = g_array_new (FALSE, FALSE, sizeof (Component));
  gsize largest = 0;

  for (gsize at = 0; at < form->n; at++)
    if (form->body[at] == TISSUE)
      {
        Component component = { at, form_flood (form, at, TISSUE, KEPT, stack, FALSE) };

        largest = MAX (largest, component.size);
        g_array_append_val (components, component);
      }
  for (guint c = 0; c < components->len; c++)
    {
      const Component *component = &g_array_index (components, Component, c);

      if (component->size < largest / SMALLEST_SHARE)
        form_flood (form, component->seed, KEPT, OUTSIDE, stack, FALSE);
    }
}

/* Air that cannot be reached from the edge of its slice is lung, airway or bowel. */
static void
form_fill (Form *form, GArray *stack)
{
  enum
  {
    REACHED = 255
  };

  for (gint32 k = 0; k < form->dims[2]; k++)
    for (gint32 j = 0; j < form->dims[1]; j++)
      for (gint32 i = 0; i < form->dims[0]; i++)
        {
          gsize at = form_index (form, i, j, k);

          if ((i == 0 || j == 0 || i + 1 == form->dims[0] || j + 1 == form->dims[1]) &&
              form->body[at] == OUTSIDE)
            form_flood (form, at, OUTSIDE, REACHED, stack, TRUE);
        }
  for (gsize at = 0; at < form->n; at++)
    if (form->body[at] == OUTSIDE)
      form->body[at] = FILLED;
    else if (form->body[at] == REACHED)
      form->body[at] = OUTSIDE;
}

static void
form_find (Form *form, const SagRenderField *field)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (gsize));

  form_threshold (form, field);
  /* Opened by one voxel: table tops, blankets and cables vanish. What was worn off the thin walls
   * of the chest comes back. */
  form_grow (form, TISSUE, OUTSIDE, WORN);
  form_keep_large (form, stack);
  for (guint n = 0; n < N_REGROWN; n++)
    form_grow (form, WORN, KEPT, KEPT);
  form_drop_worn (form);
  form_fill (form, stack);
  form_grow (form, OUTSIDE, KEPT, KEPT);
}

static void
form_apply (const Form *form, SagRenderField *field)
{
  const gint32 *dims = field->geometry.dims;
  float        *value = field->values;

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; i++, value++)
        {
          guint8 kind = form->body[form_index (form, i / form->factor[0], j / form->factor[1],
                                               k / form->factor[2])];

          *value = kind == OUTSIDE  ? AIR_HU
                   : kind == FILLED ? TISSUE_HU
                                    : CLAMP (*value, AIR_HU, TISSUE_HU);
        }
}

SagRenderField *
sag_render_body_field (const SagVolume *volume, double step_mm, GCancellable *cancellable)
{
  g_autoptr (SagRenderField) field = sag_render_field_coarse (volume, step_mm, cancellable);
  Form form;

  if (field == NULL)
    return NULL;
  form_init (&form, field);
  form_find (&form, field);
  form_apply (&form, field);
  g_free (form.body);
  if (!sag_render_field_smooth (field, 2, cancellable))
    return NULL;
  return sag_render_field_pad (field, 2, AIR_HU);
}
