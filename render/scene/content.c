/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/content-private.h"

#include <math.h>
#include <string.h>

static void
clear_heatmap (gpointer data)
{
  g_bytes_unref (((SagRenderContentHeatmap *) data)->cells);
}

static void
clear_mask (gpointer data)
{
  SagRenderContentMask *mask = data;

  g_clear_pointer (&mask->labels, g_bytes_unref);
  g_clear_pointer (&mask->voxels, sag_mask_unref);
  g_free (mask->colours);
}

SagRenderContent *
sag_render_content_new (SagVolume *volume, SagVolume *lungs)
{
  SagRenderContent *content = g_new0 (SagRenderContent, 1);

  g_atomic_ref_count_init (&content->n_references);
  content->volume = volume != NULL ? sag_volume_ref (volume) : NULL;
  content->lungs = lungs != NULL ? sag_volume_ref (lungs) : NULL;
  for (guint p = 0; p < SAG_RENDER_N_PARTS; p++)
    content->part[p] = 1;
  content->heatmaps = g_array_new (FALSE, FALSE, sizeof (SagRenderContentHeatmap));
  g_array_set_clear_func (content->heatmaps, clear_heatmap);
  content->masks = g_array_new (FALSE, FALSE, sizeof (SagRenderContentMask));
  g_array_set_clear_func (content->masks, clear_mask);
  return content;
}

SagRenderContent *
sag_render_content_ref (SagRenderContent *content)
{
  g_atomic_ref_count_inc (&content->n_references);
  return content;
}

void
sag_render_content_unref (SagRenderContent *content)
{
  if (!g_atomic_ref_count_dec (&content->n_references))
    return;
  g_clear_pointer (&content->volume, sag_volume_unref);
  g_clear_pointer (&content->lungs, sag_volume_unref);
  g_array_unref (content->heatmaps);
  g_array_unref (content->masks);
  g_free (content);
}

void
sag_render_content_set_part (SagRenderContent *content, SagRenderPart part, double strength)
{
  g_return_if_fail ((guint) part < SAG_RENDER_N_PARTS);
  g_return_if_fail (strength >= 0 && strength <= 4);

  content->part[part] = strength;
}

void
sag_render_content_add_heatmap (SagRenderContent       *content,
                                const SagRenderHeatmap *map,
                                GBytes                 *cells)
{
  SagRenderContentHeatmap heatmap = { .map = *map };

  g_return_if_fail (g_bytes_get_size (cells) >=
                    sizeof (float) * (gsize) sag_geometry_n_voxels (&map->geometry));

  heatmap.cells = g_bytes_ref (cells);
  heatmap.map.cells = g_bytes_get_data (cells, NULL);
  g_array_append_val (content->heatmaps, heatmap);
}

void
sag_render_content_add_mask (SagRenderContent    *content,
                             const SagRenderMask *mask,
                             GBytes              *labels,
                             double               opacity)
{
  SagRenderContentMask entry = { .mask = *mask, .opacity = opacity };

  g_return_if_fail ((labels == NULL) == (mask->voxels != NULL));
  g_return_if_fail (labels == NULL ||
                    g_bytes_get_size (labels) >= (mask->type == SAG_RENDER_LABELS_UINT8 ? 1 : 2) *
                                                   (gsize) sag_geometry_n_voxels (&mask->geometry));

  if (labels != NULL)
    entry.labels = g_bytes_ref (labels);
  else
    entry.voxels = sag_mask_ref ((SagMask *) mask->voxels);
  entry.mask.labels = labels != NULL ? g_bytes_get_data (labels, NULL) : NULL;
  if (mask->colours != NULL && mask->n_colours > 0)
    entry.colours = g_memdup2 (mask->colours, sizeof *mask->colours * mask->n_colours);
  entry.mask.colours = entry.colours;
  g_array_append_val (content->masks, entry);
}

void
sag_render_content_set_cross (SagRenderContent *content, const double ras_mm[3])
{
  g_return_if_fail (isfinite (ras_mm[0]) && isfinite (ras_mm[1]) && isfinite (ras_mm[2]));

  content->has_cross = TRUE;
  memcpy (content->cross_ras_mm, ras_mm, sizeof content->cross_ras_mm);
}

void
sag_render_content_set_box (SagRenderContent *content, const SagGeometry *box)
{
  content->has_box = TRUE;
  content->box = *box;
}

gboolean
sag_render_content_same_volumes (const SagRenderContent *a, const SagRenderContent *b)
{
  if (a->volume != b->volume || a->lungs != b->lungs || a->masks->len != b->masks->len)
    return FALSE;
  for (guint m = 0; m < a->masks->len; m++)
    {
      const SagRenderContentMask *one = &g_array_index (a->masks, SagRenderContentMask, m);
      const SagRenderContentMask *other = &g_array_index (b->masks, SagRenderContentMask, m);

      if (one->labels != other->labels || one->voxels != other->voxels)
        return FALSE;
    }
  return TRUE;
}
